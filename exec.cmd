@rem package.json's start begins with exec, so that a signal to npm reaches Sharekeeper and not a shell. Windows has no exec.
@%*
