-- An identical request at temperature 0 can be answered from the history.

ALTER TABLE calls ADD COLUMN request_hash TEXT NOT NULL DEFAULT ''; -- the same for identical requests; empty if unknown
CREATE INDEX calls_request ON calls(request_hash, run_id, position) WHERE request_hash <> '';
