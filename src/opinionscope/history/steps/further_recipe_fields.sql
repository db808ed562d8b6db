-- A new field of the recipe needs no column of its own; an answer before the last one is kept.

CREATE TABLE recipe_options ( -- further fields of the recipe, where they are not the default
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run_id, name)
);
CREATE TABLE call_before ( -- answers to a call that could not be read, after which it was made again
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- from 0
  raw_text TEXT NOT NULL,
  reason TEXT NOT NULL, -- why it could not be read
  PRIMARY KEY (call_id, position)
);
