package syntax

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// record makes TestMessages write LuaJIT's answers into its file.
var record = flag.Bool("record", false, "ask the luajit of this machine and write its answers")

// loader loads each source that it reads and writes why LuaJIT refuses it, or
// "accepted". Sources and answers are lines in hexadecimal.
const loader = `
for line in io.lines() do
	local source = line:gsub("..", function(x) return string.char(tonumber(x, 16)) end)
	local ok, message = loadstring(source, "=x")
	print((((ok and "accepted" or message):gsub(".", function(c) return ("%02x"):format(c:byte()) end))))
end`

// askLuaJIT returns what LuaJIT says to sources.
func askLuaJIT(t *testing.T, sources []string) []string {
	t.Helper()
	var in bytes.Buffer
	for _, s := range sources {
		fmt.Fprintln(&in, hex.EncodeToString([]byte(s)))
	}
	cmd := exec.Command("luajit", "-e", loader)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers []string
	for line := range strings.Lines(string(out)) {
		answer, err := hex.DecodeString(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, string(answer))
	}
	if len(answers) != len(sources) {
		t.Fatalf("%d answers to %d sources", len(answers), len(sources))
	}
	return answers
}

// answer returns what this package says to a source.
func answer(source string) string {
	if _, err := Parse([]byte(source), "x"); err != nil {
		return err.Error()
	}
	return "accepted"
}

// TestMessages compares the answers to wrong and right sources with those of LuaJIT
// 2.1.0-beta3 in testdata/luajit.txt. A line holds a source, as Go writes a string, and
// the line below the answer.
func TestMessages(t *testing.T) {
	const file = "testdata/luajit.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var (
		sources  []string
		recorded []string
		b        strings.Builder
	)
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, `"`):
			source, err := strconv.Unquote(strings.TrimSpace(line))
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			sources = append(sources, source)
			recorded = append(recorded, "")
		case strings.HasPrefix(line, "\t"):
			if recorded[len(recorded)-1], err = strconv.Unquote(`"` + strings.TrimSpace(line) + `"`); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
	}
	if *record {
		recorded = askLuaJIT(t, sources)
		n := 0
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "\t") {
				continue
			}
			b.WriteString(line)
			if strings.HasPrefix(line, `"`) {
				quoted := strconv.QuoteToASCII(recorded[n])
				fmt.Fprintf(&b, "\t%s\n", quoted[1:len(quoted)-1])
				n++
			}
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, source := range sources {
		if got := answer(source); got != recorded[i] {
			t.Errorf("%q:\n got %q\nwant %q", source, got, recorded[i])
		}
	}
}
