"""What a run says, in words and as JSON: the same for the TUI, the command line and scripts."""
