"""Pictures that an attacker would upload, made in code: the same ones from the same seed."""
