"""
Reads Python sources from the files named as arguments, or one from stdin, and prints what Python 3.5 would not take as
PATH:LINE: what. Needs a Python of 3.8 to 3.11 or later, whose parser knows older grammars (`feature_version`).
"""

import ast
import io
import keyword
import sys
import tokenize

# Names of the standard library that came later, where nothing of another meaning is likely to be called so.
LATER = {
    "ModuleNotFoundError": "3.6",
    "capture_output": "3.7",
    "dataclass": "3.7",
    "dataclasses": "3.7",
    "fromisoformat": "3.7",
    "monotonic_ns": "3.7",
    "nullcontext": "3.7",
    "perf_counter_ns": "3.7",
    "removeprefix": "3.9",
    "removesuffix": "3.9",
    "time_ns": "3.7",
    "unlink_missing": "3.8",
}


def findings_of(source):
    """(line, what) of each finding."""
    try:
        tree = ast.parse(source, feature_version=(3, 5))
    except SyntaxError as error:
        return [(error.lineno or 0, error.msg)]
    found = []
    for node in ast.walk(tree):
        # Newer parsers do not ask the feature version of these.
        if isinstance(node, ast.JoinedStr):
            found.append((node.lineno, "an f-string"))
        if isinstance(node, ast.AnnAssign):
            found.append((node.lineno, "an annotated variable"))
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(a.name == "annotations" for a in node.names)
        ):
            found.append((node.lineno, "from __future__ import annotations"))
        name = getattr(node, "attr", getattr(node, "id", getattr(node, "arg", None)))
        if name in LATER:
            found.append(
                (
                    getattr(node, "lineno", getattr(getattr(node, "value", None), "lineno", 0)),
                    "{} of Python {}".format(name, LATER[name]),
                )
            )
    return sorted(set(found + trailing_commas(source)))


def trailing_commas(source):
    """Commas behind a last *args or **kw of a call or definition: no error in the newer grammar whatever the feature version."""
    skipped = (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
    tokens = [
        token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type not in skipped
    ]
    found = []
    open_brackets = []
    for before, token, after in zip([None] + tokens, tokens, tokens[1:]):
        text = token.string
        if token.type != tokenize.OP:
            continue
        if text in "([{":
            calls = text == "(" and before is not None and follows_name(before)
            open_brackets.append([calls, after.string in ("*", "**")])
        elif text in ")]}":
            open_brackets.pop()
        elif text == "," and open_brackets:
            calls, starred = open_brackets[-1]
            if after.string == ")" and calls and starred:
                found.append((token.start[0], "a comma behind the last *args or **kw"))
            open_brackets[-1][1] = after.string in ("*", "**")
    return found


def follows_name(token):
    if token.type == tokenize.NAME:
        return not keyword.iskeyword(token.string)
    return token.string in (")", "]")


def main():
    sources = [(path, io.open(path, encoding="utf-8").read()) for path in sys.argv[1:]] or [
        ("stdin", sys.stdin.read())
    ]
    for path, source in sources:
        for line, what in findings_of(source):
            print("{}:{}: {}".format(path, line, what))


main()
