"""Words for objects and views: names, captions, referring expressions."""
