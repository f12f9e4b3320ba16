// A stranger's check of a log that Haven published, with Go's own packages for such logs and nothing of Haven's.
//
// usage: sumdb DIR LOG_VKEY WITNESS_VKEY OLD_SIZE CONSISTENCY_FILE BUNDLE_FILE ENTRY_FILE < every entry's inclusion proof
//
// DIR is C2SP tlog-tiles. Prints one line "ok - …" a check and what it took; the first fault ends it with status 1.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// cosigner verifies C2SP cosignature/v1 (type 0x04), which Go's own NewVerifier does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(msg, sig []byte) bool {
	return len(sig) == 72 && ed25519.Verify(c.key, append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))), msg...), sig[8:])
}

func newCosigner(vkey string) cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must(err)
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if key[0] != 4 || fmt.Sprintf("%08x", binary.BigEndian.Uint32(sum[:])) != parts[1] {
		must(errors.New("not a witness's key: " + vkey))
	}
	return cosigner{parts[0], binary.BigEndian.Uint32(sum[:]), key[1:]}
}

func must(err error) {
	if err != nil {
		fmt.Println("not ok -", err)
		os.Exit(1)
	}
}

// tiles reads DIR as tlog.TileReader wants it: Go's paths have the height in them ("tile/8/0/001"), C2SP's have not.
type tiles struct{ dir string }

func (t tiles) Height() int                              { return 8 }
func (t tiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (t tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range list {
		path := filepath.Join(t.dir, "tile", strings.TrimPrefix(tile.Path(), "tile/8/"))
		data, err := os.ReadFile(path)
		if err != nil && tile.W < 256 { // the whole tile serves
			data, err = os.ReadFile(path[:strings.LastIndex(path, ".p/")])
		}
		if err != nil {
			return nil, err
		}
		all = append(all, data[:tile.W*32])
	}
	return all, nil
}

func readProof(r io.ByteReader, from io.Reader) []tlog.Hash {
	n, err := r.ReadByte()
	must(err)
	proof := make([]tlog.Hash, n)
	for i := range proof {
		_, err = io.ReadFull(from, proof[i][:])
		must(err)
	}
	return proof
}

func main() {
	dir, start := os.Args[1], time.Now()
	lap := func(what string) {
		fmt.Printf("ok - %s (%.1f s)\n", what, time.Since(start).Seconds())
		start = time.Now()
	}

	// 1. The checkpoint and both signatures.
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	log, err := note.NewVerifier(os.Args[2])
	must(err)
	n, err := note.Open(text, note.VerifierList(log, newCosigner(os.Args[3])))
	must(err)
	if len(n.Sigs) != 2 {
		must(errors.New("the checkpoint does not have both signatures"))
	}
	lines := strings.Split(n.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	tree := tlog.Tree{N: size, Hash: root}
	lap(fmt.Sprintf("checkpoint of %d entries, signed and cosigned", size))

	// 2. Every entry out of the entries' tiles: the root of the whole.
	var leaves, stored []tlog.Hash
	hashes := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = stored[x]
		}
		return out, nil
	})
	for at := int64(0); at < size; at += 256 {
		width := size - at
		if width > 256 {
			width = 256
		}
		tile := strings.TrimPrefix(tlog.Tile{H: 8, L: 0, N: at / 256, W: int(width)}.Path(), "tile/8/0/")
		data, err := os.ReadFile(filepath.Join(dir, "tile", "entries", tile))
		must(err)
		for i := int64(0); i < width; i++ {
			length := int(binary.BigEndian.Uint16(data))
			entry := data[2 : 2+length]
			data = data[2+length:]
			leaves = append(leaves, tlog.RecordHash(entry))
			more, err := tlog.StoredHashes(at+i, entry, hashes)
			must(err)
			stored = append(stored, more...)
		}
	}
	whole, err := tlog.TreeHash(size, hashes)
	must(err)
	if whole != root {
		must(errors.New("the entries do not give the root"))
	}
	lap("the entries give the root")

	// 3. Every inclusion proof that Haven made.
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for i := int64(0); i < size; i++ {
		must(tlog.CheckRecord(readProof(in, in), size, root, i, leaves[i]))
	}
	lap(fmt.Sprintf("%d inclusion proofs", size))

	// 4. Proofs that Go makes out of the tiles, which it checks as it reads them.
	fromTiles := tlog.TileHashReader(tree, tiles{dir})
	for i := int64(0); i < size; i += 1 + size/200 {
		proof, err := tlog.ProveRecord(size, i, fromTiles)
		must(err)
		must(tlog.CheckRecord(proof, size, root, i, leaves[i]))
	}
	lap("Go's own proofs from the tiles")

	// 5. Consistency with an older tree.
	old, err := strconv.ParseInt(os.Args[4], 10, 64)
	must(err)
	data, err := os.ReadFile(os.Args[5])
	must(err)
	oldRoot, err := tlog.TreeHash(old, hashes)
	must(err)
	r := bytes.NewReader(data)
	must(tlog.CheckTree(readProof(r, r), size, root, old, oldRoot))
	lap(fmt.Sprintf("consistency of %d with %d", size, old))

	// 6. The offline proof, by hand.
	data, err = os.ReadFile(os.Args[6])
	must(err)
	entry, err := os.ReadFile(os.Args[7])
	must(err)
	parts := strings.SplitN(string(data), "\n\n", 2)
	head := strings.Split(parts[0], "\n")
	var proof []tlog.Hash
	for _, line := range head[2:] {
		h, err := tlog.ParseHash(line)
		must(err)
		proof = append(proof, h)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(head[1], "index "), 10, 64)
	must(err)
	if head[0] != "c2sp.org/tlog-proof@v1" || parts[1] != string(text) {
		must(errors.New("the offline proof has another head or checkpoint"))
	}
	must(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry)))
	lap("the offline proof")

	// 7. What must fail fails.
	if tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(append(entry, 'x'))) == nil {
		must(errors.New("a changed entry was accepted"))
	}
	if _, err := note.Open(bytes.Replace(text, []byte(lines[1]), []byte("1"+lines[1]), 1), note.VerifierList(log)); err == nil {
		must(errors.New("a changed size was accepted"))
	}
	lap("changes are noticed")
}
