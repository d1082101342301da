"""Where cameras stand: paths, and the quick looks that choose among poses."""
