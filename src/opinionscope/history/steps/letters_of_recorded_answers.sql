-- Recorded text is kept with the options as they were lettered then, so that it can be read again.

CREATE TABLE call_letters ( -- what A, B, C, ... stood for when an answer was recorded; none where as in options
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the letter
  label TEXT NOT NULL,
  PRIMARY KEY (call_id, position)
);
