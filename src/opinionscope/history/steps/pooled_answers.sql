-- The added value of a run can be told again when it is scored anew.

ALTER TABLE runs ADD COLUMN pooled_hash TEXT REFERENCES humans(hash); -- the pooled answer; NULL where it is not known
CREATE INDEX runs_pooled ON runs(pooled_hash);
