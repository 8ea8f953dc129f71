"""The commands, one module for each noun: `import_.py` is `pdtracker import`.

A module has one function, `register(subparsers)`: it adds the noun's parser with its verbs, and each leaf names what
it runs with `set_defaults(run=...)`: a function that takes the parsed arguments and returns the exit status.
"""
