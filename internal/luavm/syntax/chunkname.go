package syntax

import "strings"

// ChunkName returns how messages call a Lua chunk that was loaded under a name, in at
// most 59 bytes: what follows a '=', the last part of what follows a '@', which is a
// path, and of a name that is the source itself the first line, as [string "..."].
func ChunkName(name string) string {
	const (
		longest = 60 - 1 // LUA_IDSIZE of C, with its zero byte
		dots    = "..."
		open    = `[string "`
		end     = `"]`
	)
	name, _, _ = strings.Cut(name, "\x00")
	switch {
	case strings.HasPrefix(name, "="):
		return name[1:min(len(name), 1+longest)]
	case strings.HasPrefix(name, "@"):
		if name = name[1:]; len(name) > longest {
			name = dots + name[len(name)-(longest-len(dots)):]
		}
		return name
	}
	const room = longest - len(open) - len(end)
	length := strings.IndexFunc(name, func(r rune) bool { return r < ' ' })
	if length < 0 && len(name) <= room {
		return open + name + end
	}
	if length < 0 || length > room-len(dots) {
		length = room - len(dots)
	}
	return open + name[:length] + dots + end
}
