-- Runs can be pinned and deleted with undo; lists are sorted by date and by measure with an index.

ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0; -- 1 where the user pinned it
CREATE TABLE bin ( -- deleted runs that can be brought back until the program ends that deleted them
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  session TEXT NOT NULL -- which program instance deleted it
);
CREATE TABLE selections ( -- saved by the user
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL -- in the selection language
);
CREATE INDEX runs_created ON runs(created, id);
CREATE INDEX runs_pinned ON runs(created, id) WHERE pinned = 1;
CREATE INDEX scores_value ON scores(measure, value);
