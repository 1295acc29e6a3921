local md5, sha = require "md5", require "sha"
assert(md5.sumhexa("") == "d41d8cd98f00b204e9800998ecf8427e" and #md5.sum("x") == 16)
assert(sha.sha1("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
assert(sha.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
assert(sha.hmac_sha256("key", "The quick brown fox jumps over the lazy dog") == "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
assert(#sha.sha512_binary("") == 64)
