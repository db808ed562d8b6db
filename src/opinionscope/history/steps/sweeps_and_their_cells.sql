-- A sweep can be stopped and resumed, and asks each of its cells once.

CREATE TABLE sweeps ( -- grids of cells that are asked one after the other
  id TEXT PRIMARY KEY, -- a ULID
  created TEXT NOT NULL,
  name TEXT NOT NULL, -- the user's own, or empty
  plan TEXT NOT NULL, -- TOML, as the plan file has it
  cells INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  session TEXT NOT NULL DEFAULT '', -- which program instance is at it, or was last
  holder TEXT NOT NULL DEFAULT '' -- that instance in words: process, host, since when
);
CREATE TABLE sweep_cells ( -- cells that were begun; each has one run at most
  sweep TEXT NOT NULL REFERENCES sweeps(id) ON DELETE CASCADE,
  cell TEXT NOT NULL, -- hash of what was chosen
  run_id TEXT REFERENCES runs(id) ON DELETE CASCADE, -- NULL where the cell cannot be asked
  reason TEXT NOT NULL DEFAULT '', -- why it cannot
  PRIMARY KEY (sweep, cell)
) WITHOUT ROWID;
CREATE INDEX sweep_cells_run ON sweep_cells(run_id);
