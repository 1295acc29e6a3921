assert(string.pack(">I8", "18446744073709551615") == ("\255"):rep(8))
assert(string.unpack(">I8", ("\255"):rep(8)) == "18446744073709551615")
assert(string.unpack(">i8", "\128" .. ("\0"):rep(7)) == "-9223372036854775808")
assert(string.unpack(">I8", "\0\32" .. ("\0"):rep(6)) == 2^53)
