package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
)

// staged are the folders into which the workers of this process unpacked projects, by address.
var staged struct {
	sync.Mutex
	dirs map[string]string
}

// stageProject returns the folder of a project: a folder as it is, a tar file unpacked once per process.
func stageProject(ctx context.Context, address string) (string, error) {
	if !strings.HasSuffix(address, ".tar") {
		return address, nil
	}
	staged.Lock()
	defer staged.Unlock()
	if dir := staged.dirs[address]; dir != "" {
		return dir, nil
	}
	dir, err := os.MkdirTemp("", "permc-project-")
	if err != nil {
		return "", err
	}
	if err := unpack(ctx, address, dir); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	if staged.dirs == nil {
		staged.dirs = map[string]string{}
	}
	staged.dirs[address] = dir
	return dir, nil
}

// unpack unpacks the files of a tar file into a folder, and nothing outside of it.
func unpack(ctx context.Context, address, dir string) error {
	in, err := open(ctx, address)
	if err != nil {
		return err
	}
	defer in.Close()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for t := tar.NewReader(in); ; {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		case tar.TypeReg:
			if err := unpackFile(root, h.Name, t); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s is neither a file nor a folder", h.Name)
		}
	}
}

func unpackFile(root *os.Root, name string, from io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	out, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, from)
	return errors.Join(err, out.Close())
}

func open(ctx context.Context, address string) (io.ReadCloser, error) {
	fs, err := filesystem.New(ctx, address)
	if err != nil {
		return nil, err
	}
	return fs.OpenRead(ctx, address)
}

func read(ctx context.Context, address string) ([]byte, error) {
	in, err := open(ctx, address)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}

func write(ctx context.Context, address string, text []byte) error {
	_, err := writeFrom(ctx, address, bytes.NewReader(text))
	return err
}

// writeFrom writes a file, and returns its size.
func writeFrom(ctx context.Context, address string, from io.Reader) (int64, error) {
	fs, err := filesystem.New(ctx, address)
	if err != nil {
		return 0, err
	}
	defer fs.Close()
	out, err := fs.OpenWrite(ctx, address)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(out, from)
	return n, errors.Join(err, out.Close())
}

// upload copies a file to the address of a part, and notes its size and hash.
func upload(ctx context.Context, name string, p *part) error {
	in, err := os.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	hash := sha256.New()
	if p.Bytes, err = writeFrom(ctx, p.Address, io.TeeReader(in, hash)); err != nil {
		return fmt.Errorf("%s: %w", p.Address, err)
	}
	p.SHA256 = hex.EncodeToString(hash.Sum(nil))
	return nil
}
