-- Closing twice is no error.
assert(tostring(db):find("open"))
db:close()
db:close()
ts.close(db)
assert(tostring(db):find("closed"))
