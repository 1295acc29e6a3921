package syntax

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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

const answersFile = "testdata/luajit.txt"

// recordedAnswers returns the sources of testdata/luajit.txt and LuaJIT's answers. A line
// holds a source, as Go writes a string, and the line below it the answer.
func recordedAnswers(t testing.TB) (sources, answers []string) {
	t.Helper()
	text, err := os.ReadFile(answersFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		quoted, isAnswer := strings.CutPrefix(strings.TrimRight(line, "\n"), "\t")
		if isAnswer {
			quoted = `"` + quoted + `"`
		} else if !strings.HasPrefix(line, `"`) {
			continue
		}
		s, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if isAnswer {
			answers = append(answers, s)
		} else {
			sources = append(sources, s)
		}
	}
	return sources, answers
}

// writeAnswers puts answers into testdata/luajit.txt, in the place of those it has.
func writeAnswers(t *testing.T, answers []string) {
	t.Helper()
	text, err := os.ReadFile(answersFile)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "\t") {
			continue
		}
		b.WriteString(line)
		if strings.HasPrefix(line, `"`) {
			quoted := strconv.QuoteToASCII(answers[0])
			fmt.Fprintf(&b, "\t%s\n", quoted[1:len(quoted)-1])
			answers = answers[1:]
		}
	}
	if err := os.WriteFile(answersFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestMessages compares the answers to wrong and right sources with LuaJIT's.
func TestMessages(t *testing.T) {
	sources, recorded := recordedAnswers(t)
	if *record {
		recorded = askLuaJIT(t, sources)
		writeAnswers(t, recorded)
	}
	for i, source := range sources {
		if got := answer(source); got != recorded[i] {
			t.Errorf("%q:\n got %q\nwant %q", source, got, recorded[i])
		}
	}
}

// TestRandomSourcesAreAnsweredAsLuaJITDoes changes the recorded sources at random, if the
// machine has luajit: MICROTS_ROUNDS of them, else 2,000.
func TestRandomSourcesAreAnsweredAsLuaJITDoes(t *testing.T) {
	if _, err := exec.LookPath("luajit"); err != nil {
		t.Skip("no luajit")
	}
	rounds, seed := 2000, uint64(1)
	if text := os.Getenv("MICROTS_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		rounds, seed = n, uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	recorded, _ := recordedAnswers(t)
	recorded = append(slices.DeleteFunc(recorded, func(s string) bool { return len(s) > 200 }), projectFiles(t)...)
	sources := make([]string, rounds)
	for i := range sources {
		sources[i] = mutate(random, recorded)
	}
	for i, want := range askLuaJIT(t, sources) {
		// Limits of LuaJIT's instructions are none of the syntax.
		if strings.Contains(want, "too complex") || strings.Contains(want, "too long") || strings.HasPrefix(sources[i], "\x1b") {
			continue
		}
		if got := answer(sources[i]); got != want {
			t.Errorf("%q:\n got %q\nwant %q", sources[i], got, want)
		}
	}
}

// mutate returns a source with some of its tokens exchanged, removed or doubled, or with
// bytes changed.
func mutate(random *rand.Rand, sources []string) string {
	pick := func() string { return sources[random.IntN(len(sources))] }
	s := []byte(pick())
	for range 1 + random.IntN(4) {
		if len(s) == 0 {
			break
		}
		switch at := random.IntN(len(s)); random.IntN(8) {
		case 0:
			s[at] = byte(random.IntN(256))
		case 1:
			s = s[:at]
		default:
			s = mutateToken(random, s, []byte(pick()))
		}
	}
	return string(s)
}

// mutateToken puts a token of other into the place of a token of s, or before it.
func mutateToken(random *rand.Rand, s, other []byte) []byte {
	of, from := slices.Collect(Tokens(s)), slices.Collect(Tokens(other))
	if len(of) == 0 || len(from) == 0 {
		return s
	}
	at, put := of[random.IntN(len(of))], from[random.IntN(len(from))]
	token := " " + string(other[put.Start:put.End]) + " "
	switch random.IntN(3) {
	case 0:
		return slices.Concat(s[:at.Start], []byte(token), s[at.Start:])
	case 1:
		return slices.Concat(s[:at.Start], s[at.End:])
	}
	return slices.Concat(s[:at.Start], []byte(token), s[at.End:])
}
