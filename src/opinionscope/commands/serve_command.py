"""The command `serve`."""

import click


@click.command(short_help="Show the terminal program in a browser.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; there is no login.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--shared", is_flag=True, help="All visitors use your own files, and see each other's runs.")
@click.option("--read-only", is_flag=True, help="Show recorded answers and your saved runs; ask nobody, write nothing.")
@click.pass_context
def serve(ctx: click.Context, host: str, port: int, shared: bool, read_only: bool) -> None:
    """Show the terminal program in a browser, until Ctrl-C.

    Each visitor has a program of their own, whose history and own questions are in a temporary folder that is removed
    when they leave. Your packs, settings, templates and models are there to read, and live models are asked with your
    keys. Needs the extra `web`.
    """
    from opinionscope.commands.serve import serve_visitors

    if shared and read_only:
        raise click.UsageError("expected --shared or --read-only, not both: read-only visitors see your history anyway")
    root = ctx.find_root()
    serve_visitors(host, port, root.obj, root.params["theme"], is_shared=shared, is_read_only=read_only)
