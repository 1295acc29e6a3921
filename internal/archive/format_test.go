package archive

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenTicks are the ticks of the golden archive.
func goldenTicks() sourcetest.Ticks {
	ticks := dayOf([]string{"1", "600519"}, 5)
	in := sourcetest.Instrument('S', "600519")
	ticks[in] = append(ticks[in], tick.Row{Time: at(15, 0, 0, 0), Seq: 7, Value: "no record"})
	return ticks
}

// TestGolden compares the objects of an archive with files: other programs and older and
// newer versions of microts read the same.
func TestGolden(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, goldenTicks()), SealOptions{Date: day, PartSize: 1, GroupRows: 4})
	folder := filepath.Join("testdata", "golden")
	if *update {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range s.keys("") {
		path := filepath.Join(folder, filepath.FromSlash(key))
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, s.data(key), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || string(want) != string(s.data(key)) {
			t.Errorf("%s: other bytes, %v", key, err)
		}
	}
	if got := cacheFiles(t, folder); len(got) != len(s.keys("")) {
		t.Errorf("%d files, %d objects", len(got), len(s.keys("")))
	}
}

// TestGoldenIsRead reads the golden archive, whatever Seal writes today.
func TestGoldenIsRead(t *testing.T) {
	folder, err := filepath.Abs(filepath.Join("testdata", "golden"))
	if err != nil {
		t.Fatal(err)
	}
	env := NewEnv()
	defer env.Close()
	a, err := env.Open(t.Context(), "file://"+folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for in, rows := range goldenTicks() {
		if got := sourcetest.Scan(t, a, in, tick.ScanOptions{Range: tick.Always}); !slices.Equal(got, rows) {
			t.Errorf("%v: %v, not %v", in, got, rows)
		}
	}
}

// FuzzManifest parses any JSON as a manifest, and uses what is parsed.
func FuzzManifest(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "sealed", "*", "*", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal("no golden manifest", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		text, _, _ := strings.Cut(string(data), sumBegin)
		f.Add(text + "}")
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = parseManifest([]byte(text), dayID{'S', 20000}, 1)
		m := &manifest{}
		if json.Unmarshal([]byte(text), m) != nil || len(m.Market) != 1 || !tick.Printable(m.Market[0]) {
			return
		}
		on, err := parseDate(m.Date)
		if err != nil {
			return
		}
		m.day = dayID{m.Market[0], on}
		data, err := m.marshal() // with a right checksum
		if err != nil {
			return
		}
		if m, err = parseManifest(data, m.day, m.Revision); err != nil {
			return
		}
		total := int64(0)
		for _, p := range m.Parts {
			for i, code := range p.Codes {
				found, number, ok := m.find(code)
				if !ok || found != p || number != i {
					t.Fatalf("%q is not found", code)
				}
				for _, s := range p.spans(i, tick.Always) {
					total += int64(s.to - s.from)
					if from, to := s.needs(tick.AllColumns); from < 0 || to > p.Size {
						t.Fatalf("bytes %d to %d of %d", from, to, p.Size)
					}
				}
			}
		}
		if total > m.Rows {
			t.Fatalf("%d ticks of %d", total, m.Rows)
		}
	})
}

func TestKeysAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dayID{byte(rapid.IntRange(' ', '~').Draw(t, "market")), date(rapid.IntRange(-1, 104_000).Draw(t, "date"))}
		n := rapid.IntRange(1, 2_000_000).Draw(t, "revision")
		key := d.manifestKey(n)
		if back, revision, ok := parseManifestKey(key); !ok || back != d || revision != n {
			t.Errorf("%s: %v, %d, %v", key, back, revision, ok)
		}
		if back, err := parseDayID(d.String()); err != nil || back != d {
			t.Errorf("%v: %v, %v", d, back, err)
		}
		if key := d.partKey(partName(n, strings.Repeat("a", 64))); !isPartKey(key) {
			t.Errorf("%s is no part", key)
		}
	})
	for _, key := range []string{
		"sealed/market=S/2026-11-24/r1.json", "sealed/market=S/2026-11-24/r000000.json", "sealed/market=SS/2026-11-24/r000001.json",
		"sealed/market=S/2026-11-31/r000001.json", "sealed/market=S/2026-11-24/r000001.json.bak", "sealed/market=%53/2026-11-24/r000001.json",
		"other/market=S/2026-11-24/r000001.json", "sealed/S/2026-11-24/r000001.json", "sealed/market=S/2026-11-24/x/r000001.json", "sealed/",
	} {
		if d, n, ok := parseManifestKey(key); ok {
			t.Errorf("%s is taken for %v, %d", key, d, n)
		}
	}
}

func TestRules(t *testing.T) {
	night := DayRule{Zone: "Asia/Shanghai", Starts: "20:00"}
	monday := DayRule{Zone: "Asia/Shanghai", Starts: "20:00", NextMonday: true}
	for _, c := range []struct {
		rule DayRule
		time string
		want string
	}{
		{DefaultRule, "2026-11-24 00:00:00 +0800", "2026-11-24"},
		{DefaultRule, "2026-11-23 23:59:59 +0800", "2026-11-23"},
		{night, "2026-11-24 19:59:59 +0800", "2026-11-24"},
		{night, "2026-11-24 20:00:00 +0800", "2026-11-25"},
		{night, "2026-11-25 02:30:00 +0800", "2026-11-25"},
		{night, "2026-11-27 21:00:00 +0800", "2026-11-28"},
		{monday, "2026-11-27 19:59:59 +0800", "2026-11-27"},
		{monday, "2026-11-27 21:00:00 +0800", "2026-11-30"},
		{monday, "2026-11-28 02:00:00 +0800", "2026-11-30"},
		{monday, "2026-11-29 21:00:00 +0800", "2026-11-30"},
		{monday, "2026-11-30 21:00:00 +0800", "2026-12-01"},
		{DayRule{Zone: "UTC", Starts: "08:00"}, "2026-11-24 07:59:59 +0000", "2026-11-23"},
		{DayRule{Zone: "UTC", Starts: "08:00"}, "2026-11-24 08:00:00 +0000", "2026-11-24"},
		{DayRule{Zone: "America/New_York", Starts: "00:00"}, "2026-11-01 23:59:59 -0500", "2026-11-01"},
	} {
		at, err := time.Parse("2006-01-02 15:04:05 -0700", c.time)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.rule.Of(at.UnixMicro()); got != c.want || err != nil {
			t.Errorf("%v: %s is of %s, %v, not %s", c.rule, c.time, got, err, c.want)
		}
	}
	for _, bad := range []DayRule{{}, {Zone: "Mars", Starts: "00:00"}, {Zone: "Local", Starts: "00:00"}, {Zone: "UTC", Starts: "24:00"}, {Zone: "UTC", Starts: "8"}} {
		if _, err := bad.Of(0); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
	if r, err := monday.Range("2026-11-28"); err != nil || !r.Empty() {
		t.Errorf("a Saturday that belongs to Monday: %v, %v", r, err)
	}
	if _, err := monday.Range("2026-11-31"); err == nil {
		t.Error("a date that is none: no error")
	}
}

// TestDaysFollowOneAnother checks that each time belongs to the day whose range has it, and
// that days have no gaps, in zones whose clocks jump, too.
func TestDaysFollowOneAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := DayRule{
			Zone:       rapid.SampledFrom([]string{"Asia/Shanghai", "America/New_York", "Europe/London", "America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut", "UTC", "Pacific/Kiritimati"}).Draw(t, "zone"),
			Starts:     rapid.SampledFrom([]string{"00:00", "08:00", "11:59", "12:00", "18:00", "23:59"}).Draw(t, "starts"),
			NextMonday: rapid.Bool().Draw(t, "next Monday"),
		}
		d, err := rule.parse()
		if err != nil {
			t.Fatal(err)
		}
		us := rapid.OneOf(rapid.Int64Range(0, tick.MaxTime-1), rapid.Int64Range(0, 2_000_000_000_000_000), rapid.Map(rapid.Int64Range(0, 600_000), func(hour int64) int64 { return hour * 3_600_000_000 })).Draw(t, "us")
		on := d.of(us)
		span := d.span(on)
		if us < span.From || us > span.To {
			t.Fatalf("%d is of %v, which has %v", us, on, span)
		}
		for _, edge := range []int64{span.From, span.To} {
			if d.of(edge) != on {
				t.Errorf("%d, an end of %v, is of %v", edge, on, d.of(edge))
			}
		}
		if span.To < tick.MaxTime-1 {
			if next := d.of(span.To + 1); next <= on || d.span(next).From != span.To+1 {
				t.Errorf("after %v, %v, comes %v, %v", on, span, next, d.span(next))
			}
		}
	})
}
