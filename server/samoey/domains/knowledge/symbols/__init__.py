"""Who defines, calls, imports and inherits what: by name, as the source files say it."""
