package compat

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
)

// digest returns a function that returns the digest of a string, in hexadecimal
// or in bytes. If keyed is true, the digest is an HMAC, and its key is the first
// argument.
func digest(algorithm func() hash.Hash, keyed, binary bool) lua.LGFunction {
	return func(L *lua.LState) int {
		h, i := hash.Hash(nil), 1
		if keyed {
			h, i = hmac.New(algorithm, []byte(convert.Text(L, 1))), 2
		} else {
			h = algorithm()
		}
		text := convert.Text(L, i)
		for len(text) > 0 {
			room.Interrupt(L)
			const together = 1 << 20 // bytes: some ms
			n := min(len(text), together)
			h.Write([]byte(text[:n]))
			text = text[n:]
		}
		sum := h.Sum(nil)
		if !binary {
			sum = hex.AppendEncode(nil, sum)
		}
		L.Push(lua.LString(sum))
		return 1
	}
}

// openMD5 makes the module md5, with the names of the library md5 (sum, sumhexa)
// and of md5.lua (hmac).
func openMD5(L *lua.LState) int {
	L.Push(functions(L, map[string]lua.LGFunction{
		"sum": digest(md5.New, false, true), "sumhexa": digest(md5.New, false, false),
		"hmac": digest(md5.New, true, false), "hmac_binary": digest(md5.New, true, true),
	}))
	return 1
}

// openSHA makes the module sha.
func openSHA(L *lua.LState) int {
	all := map[string]lua.LGFunction{}
	for name, algorithm := range map[string]func() hash.Hash{
		"sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
	} {
		all[name], all[name+"_binary"] = digest(algorithm, false, false), digest(algorithm, false, true)
		all["hmac_"+name], all["hmac_"+name+"_binary"] = digest(algorithm, true, false), digest(algorithm, true, true)
	}
	L.Push(functions(L, all))
	return 1
}
