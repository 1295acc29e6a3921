package archive

import (
	"container/list"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"microts/internal/objects"
)

// maxManifests is how many bytes of JSON the manifests have that are kept in memory.
const maxManifests = 128 << 20

// shared is what the archives of a URL have in common. Goroutines may share it.
type shared struct {
	store objects.Store
	cache *cache // nil: there is none
	local bool   // the store is a folder, where a request costs next to nothing

	users int // guarded by the Env

	use    sync.RWMutex // held for reading while the store is used
	closed bool
	ctx    context.Context // ends with close
	cancel context.CancelFunc

	loads     flights[*manifest]
	downloads flights[bool]
	names     dictionary

	mu        sync.Mutex
	header    *header // nil until it was read
	days      *days
	manifests map[string]*list.Element // of *kept, by name
	recent    *list.List               // the manifests, the one that was used last in front
	held      int64                    // bytes of their JSON
	spent     map[string]int64         // by part: see wantsWhole

	requests, bytes, cachedBytes atomic.Int64
}

func newShared(store objects.Store, folder string, size int64) (*shared, error) {
	s := &shared{
		store: store, local: strings.HasPrefix(store.URL(), "file:"),
		manifests: map[string]*list.Element{}, recent: list.New(), spent: map[string]int64{},
	}
	if folder != "" {
		c, err := openCache(folder, size)
		if err != nil {
			return nil, err
		}
		s.cache = c
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// close ends what the archives have begun, and waits for it. The store stays open.
func (s *shared) close() {
	s.cancel()
	s.use.Lock()
	s.closed = true
	s.use.Unlock()
	s.loads.wait()
	s.downloads.wait()
	if s.cache != nil {
		s.cache.close()
	}
}

// enter begins a use of the store. Its context ends when ctx does and when s is closed. If
// it returns no error, the caller calls leave.
func (s *shared) enter(ctx context.Context) (entered context.Context, leave func(), err error) {
	s.use.RLock()
	if s.closed || s.ctx.Err() != nil {
		s.use.RUnlock()
		return nil, nil, ErrClosed
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.ctx, func() { cancel(ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		s.use.RUnlock()
	}, nil
}

// get reads bytes of an object, or all of them if n < 0. It counts the request.
func (s *shared) get(ctx context.Context, key string, off, n int64) ([]byte, error) {
	ctx, leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	b, err := s.store.Get(ctx, key, off, n)
	s.requests.Add(1)
	s.bytes.Add(int64(len(b)))
	return b, ended(ctx, err)
}

// ended returns ErrClosed for an error that an end of the context has caused.
func ended(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), ErrClosed) {
		return ErrClosed
	}
	return err
}

// rule returns the header of the archive and its rule of days, nil if there is no archive.
func (s *shared) rule(ctx context.Context) (*header, *days, error) {
	s.mu.Lock()
	h, d := s.header, s.days
	s.mu.Unlock()
	if h != nil {
		return h, d, nil
	}
	ctx, leave, err := s.enter(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer leave()
	s.requests.Add(1)
	if h, d, err = readHeader(ctx, s.store); err != nil {
		return nil, nil, ended(ctx, err)
	}
	s.mu.Lock()
	s.header, s.days = h, d
	s.mu.Unlock()
	return h, d, nil
}

// list lists the revisions of the days of a market, or of all markets if it is 0.
func (s *shared) list(ctx context.Context, market byte) (map[dayID][]revision, error) {
	ctx, leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	s.requests.Add(1)
	found, err := listRevisions(ctx, s.store, market)
	return found, ended(ctx, err)
}

// manifest returns the manifest of a day.
func (s *shared) manifest(ctx context.Context, market byte, d openDay) (*manifest, error) {
	day := dayID{market, d.date}
	name := s.manifestName(market, d)
	m := s.known(name)
	if m == nil {
		var err error
		m, err = s.loads.do(ctx, name, func(ctx context.Context) (*manifest, error) { return s.load(ctx, name, day, d.number) })
		if err != nil {
			return nil, err
		}
	}
	if d.sum != "" && d.sum != m.sum {
		return nil, &DamagedError{s.store.URL(), day.manifestKey(d.number), fmt.Sprintf("its SHA-256 is %s, and %s is pinned", m.sum, d.sum)}
	}
	return m, nil
}

// manifestName returns the name under which a manifest is kept. It has the time of its
// publication, in case that somebody deletes an archive and makes another one in its place.
func (s *shared) manifestName(market byte, d openDay) string {
	return hashName(s.store.URL(), dayID{market, d.date}.manifestKey(d.number), d.published.UTC().String(), d.sum)
}

// known returns a manifest that is in memory, or nil.
func (s *shared) known(name string) *manifest {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.manifests[name]
	if e == nil {
		return nil
	}
	s.recent.MoveToFront(e)
	return e.Value.(*kept).manifest
}

// load reads a manifest from the cache or the store.
func (s *shared) load(ctx context.Context, name string, day dayID, revision int) (*manifest, error) {
	key := day.manifestKey(revision)
	if s.cache != nil {
		if data := s.cache.readAt(name, 0, -1); data != nil {
			if m, err := parseManifest(data, day, revision); err == nil {
				s.keep(name, m)
				return m, nil
			}
			s.cache.drop(name)
		}
	}
	data, err := s.get(ctx, key, 0, -1)
	if err != nil {
		return nil, s.missing(key, err)
	}
	m, err := parseManifest(data, day, revision)
	if newer := (*formatError)(nil); errors.As(err, &newer) {
		return nil, &FormatError{s.store.URL(), fmt.Sprintf("the manifest %s has format %d", key, newer.format), fmt.Sprintf("this microts reads format %d", manifestFormat)}
	}
	if err != nil {
		return nil, &DamagedError{s.store.URL(), key, err.Error()}
	}
	if s.cache != nil {
		s.cache.put(name, data)
	}
	s.keep(name, m)
	return m, nil
}

// missing makes a DamagedError of the errors for an object that must be there whole.
func (s *shared) missing(key string, err error) error {
	if none := (*objects.NotFoundError)(nil); errors.As(err, &none) {
		return &DamagedError{s.store.URL(), key, "it is not there"}
	}
	if short := (*objects.ShortError)(nil); errors.As(err, &short) {
		return &DamagedError{s.store.URL(), key, short.Error()}
	}
	return err
}

// kept is a manifest in memory.
type kept struct {
	name string
	*manifest
}

// keep keeps a manifest in memory.
func (s *shared) keep(name string, m *manifest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.manifests[name] != nil {
		return
	}
	s.manifests[name] = s.recent.PushFront(&kept{name, m})
	s.held += int64(m.size)
	for s.held > maxManifests && s.recent.Len() > 1 {
		oldest := s.recent.Remove(s.recent.Back()).(*kept)
		delete(s.manifests, oldest.name)
		s.held -= int64(oldest.size)
	}
}

const (
	// requestCost is how many bytes can be read in the time that a request takes before
	// its first byte comes.
	requestCost = 2 << 20
	// downloadBytes is how many bytes one request of a download reads.
	downloadBytes = 16 << 20
)

// read returns bytes of a part, from the cache or the store. anew makes it look only in the
// store: what it has returned before was damaged.
func (s *shared) read(ctx context.Context, p *part, off, n int64, anew bool) ([]byte, error) {
	if s.cache == nil {
		b, err := s.get(ctx, p.key, off, n)
		return b, s.missing(p.key, err)
	}
	name := rangeName(p.sum, off, n)
	if anew {
		s.cache.drop(name)
		s.cache.drop(p.sum)
	}
	if b := s.cached(p, name, off, n); b != nil {
		return b, nil
	}
	if !anew && s.wantsWhole(p, n) {
		whole, err := s.downloads.do(ctx, p.sum, func(ctx context.Context) (bool, error) { return s.download(ctx, p) })
		if err != nil {
			return nil, err
		}
		if b := s.cached(p, name, off, n); whole && b != nil {
			return b, nil
		}
	}
	b, err := s.get(ctx, p.key, off, n)
	if err != nil {
		return nil, s.missing(p.key, err)
	}
	s.cache.put(name, b)
	return b, nil
}

// cached returns bytes of a part from the cache, or nil.
func (s *shared) cached(p *part, name string, off, n int64) []byte {
	b := s.cache.readAt(p.sum, off, n)
	if b == nil {
		b = s.cache.readAt(name, 0, n)
	}
	s.cachedBytes.Add(int64(len(b)))
	return b
}

// wantsWhole counts a read of n bytes of a part, and says whether it is time to download
// the whole part: when its reads together would have cost as much. So whatever is read,
// it costs at most about twice as much as the better way.
func (s *shared) wantsWhole(p *part, n int64) bool {
	if p.Size > s.cache.size/2 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spent[p.sum] += n + requestCost
	if s.spent[p.sum] < p.Size+requestCost {
		return false
	}
	s.spent[p.sum] = 0
	return true
}

// download puts a whole part into the cache. It returns false if that is not possible, as
// on a full disk.
func (s *shared) download(ctx context.Context, p *part) (bool, error) {
	if s.cache.has(p.sum) {
		return true, nil
	}
	f, err := s.cache.create()
	if err != nil {
		s.cache.failed.Add(1)
		return false, nil
	}
	defer f.remove()
	sum := sha256.New()
	for off := int64(0); off < p.Size; {
		n := min(p.Size-off, downloadBytes)
		b, err := s.get(ctx, p.key, off, n)
		if err != nil {
			return false, s.missing(p.key, err)
		}
		sum.Write(b)
		if _, err := f.Write(b); err != nil {
			s.cache.failed.Add(1)
			return false, nil
		}
		off += n
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != p.sum {
		return false, nil // the checksums of what is read tell where it is damaged
	}
	if err := f.commit(p.sum); err != nil {
		s.cache.failed.Add(1)
		return false, nil
	}
	return true, nil
}
