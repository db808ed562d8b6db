-- Another process can tell why a sweep stopped, and how much of its budget is left.

CREATE TABLE sweep_bounds ( -- the bounds of the last start of a sweep
  sweep TEXT PRIMARY KEY REFERENCES sweeps(id) ON DELETE CASCADE,
  budget REAL, -- US dollars that it may spend; NULL without a bound
  calls INTEGER, -- requests that it may make; NULL without a bound
  cost_before REAL, -- US dollars that the runs of the sweep had cost when it began; NULL where that is not known
  ended_by TEXT NOT NULL DEFAULT '' -- which bound stopped it, in words; empty while none did
);
