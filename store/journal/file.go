package journal

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// File is what the journal needs of an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error // of the data, and of the metadata needed to read it
}

// FS is what the journal needs of a file system. OS is the real one; tests
// hand in one that fails.
type FS interface {
	Create(name string) (File, error)               // for reading and writing; fails when it exists
	Open(name string) (f File, size int64, e error) // for reading
	Rename(from, to string) error
	Remove(name string) error
	List(dir string) ([]string, error) // base names
	SyncDir(dir string) error
	Free(dir string) (uint64, error) // octets that we may still write
}

// OS is the file system of the machine.
type OS struct{}

type osFile struct{ *os.File }

// Sync makes the data durable.
func (f osFile) Sync() error { return datasync(f.File) }

// Create makes a new file that only we may read.
func (OS) Create(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// Open opens a file for reading and tells its size.
func (OS) Open(name string) (File, int64, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return osFile{f}, st.Size(), nil
}

// Rename is os.Rename.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove is os.Remove.
func (OS) Remove(name string) error { return os.Remove(name) }

// List gives the names in a directory.
func (OS) List(dir string) ([]string, error) {
	es, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(es))
	for _, e := range es {
		names = append(names, e.Name())
	}
	return names, nil
}

// SyncDir makes the names in a directory durable.
func (OS) SyncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Free tells how many octets the file system still takes from us.
func (OS) Free(dir string) (uint64, error) { return free(dir) }

// Full reports whether an error says that there is no room: the disk, the
// quota or the file size limit.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
