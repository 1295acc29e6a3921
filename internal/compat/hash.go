package compat

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"

	"microts/internal/luavm"
)

// digest returns a function that returns the digest of a string, in hexadecimal
// or in bytes. If keyed is true, the digest is an HMAC, and its key is the first
// argument.
func digest(algorithm func() hash.Hash, keyed, binary bool) luavm.Native {
	return func(c *luavm.Call) {
		h, i := hash.Hash(nil), 1
		if keyed {
			h, i = hmac.New(algorithm, []byte(c.String(1))), 2
		} else {
			h = algorithm()
		}
		text := c.String(i)
		const part = 64 << 10 // bytes: less than 1 ms
		b := make([]byte, 0, min(len(text), part))
		for len(text) > 0 {
			c.CheckStop()
			n := min(len(text), part)
			h.Write(append(b, text[:n]...))
			text = text[n:]
		}
		sum := h.Sum(nil)
		if !binary {
			sum = hex.AppendEncode(nil, sum)
		}
		c.Return(luavm.Text(sum))
	}
}

// openMD5 makes the module md5, with the names of the library md5 (sum, sumhexa)
// and of md5.lua (hmac).
func openMD5(c *luavm.Call) {
	c.Return(luavm.NewLibrary(map[string]luavm.Native{
		"sum": digest(md5.New, false, true), "sumhexa": digest(md5.New, false, false),
		"hmac": digest(md5.New, true, false), "hmac_binary": digest(md5.New, true, true),
	}).Value())
}

// openSHA makes the module sha.
func openSHA(c *luavm.Call) {
	all := map[string]luavm.Native{}
	for name, algorithm := range map[string]func() hash.Hash{
		"sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
	} {
		all[name], all[name+"_binary"] = digest(algorithm, false, false), digest(algorithm, false, true)
		all["hmac_"+name], all["hmac_"+name+"_binary"] = digest(algorithm, true, false), digest(algorithm, true, true)
	}
	c.Return(luavm.NewLibrary(all).Value())
}
