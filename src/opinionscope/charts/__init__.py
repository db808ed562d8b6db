"""The one place that draws distributions as text, for the TUI and for the command line.

A drawing is a list of lines, a line a list of pieces, a piece some text and the role it plays; who shows
it turns roles into colours. Every width is counted in terminal cells. Bars stand on one fixed axis from
0 to 100 %, one row a bar, or more where there is room. Humans and model can be told apart without colour:
side by side each has a panel under its name; bar under bar, the model's is half as high.
"""
