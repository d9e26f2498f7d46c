"""The version of Vitrine."""

VERSION = "0.1.0"
