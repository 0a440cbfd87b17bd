"""What the repositories say: parsed, indexed by commit, searched, cited in a way to be checked."""
