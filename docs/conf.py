"""The documentation site: pages of docs/, the notebooks as they are stored, and the API from its docstrings.

The source folder is the checkout itself, so that links between files work here as on GitHub.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pygments.lexers.special import TextLexer

import corridors

project, copyright, author = "corridors", "the authors of corridors", ""
version = release = corridors.__version__
extensions = ["sphinx.ext.autodoc", "numpydoc", "myst_nb"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "docs/api/*.md",
    "notebooks/*.ipynb",
    "geodata/README.md",
    "geodata/LICENCE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
]
exclude_patterns = [".*", "out"]  # not to be walked through
nitpicky = True
nitpick_ignore_regex = [("py:obj", "[a-z_]+")]  # arguments, which have no page of their own
default_role = "py:obj"

autodoc_member_order = "groupwise"
autodoc_typehints = "none"  # they stand in the docstrings
numpydoc_show_class_members = False

myst_enable_extensions: list[str] = []  # a US$ is not a formula
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_render_markdown_format = "gfm"
nb_merge_streams = True

html_theme = "furo"
html_title = "corridors"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_extra_path = ["_root"]  # sends the reader on to docs/
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}


def _anywhere(app: Any, env: Any, node: Any, words: Any) -> Any:
    """Let `Network.routes` and `NoRoute` in a docstring mean ours, whichever module it stands in."""
    if node.get("refdomain") != "py" or not node["reftarget"][:1].isupper():
        return None
    node["refspecific"] = True
    return env.domains.python_domain.resolve_xref(
        env, node["refdoc"], app.builder, "obj", node["reftarget"], node, words
    )


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("missing-reference", _anywhere)
    app.add_lexer("csv", TextLexer)  # Pygments has none
