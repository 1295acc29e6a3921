package host

import (
	"path/filepath"
	"testing"

	"microts/internal/luavm"
)

// TestReadNumberOfUnreadableFiles reads "*n" of files from which nothing can be read:
// the answer is that of the other formats.
func TestReadNumberOfUnreadableFiles(t *testing.T) {
	s, _ := newTestState(t)
	s.Lua.Globals.SetString("path", luavm.Part(filepath.Join(t.TempDir(), "f")))
	if err := runFile(s, "file/unreadable.lua"); err != nil {
		t.Error(err)
	}
}
