# One of three ways to permc: a binary with its checksum, an image, or its source.
to=$(mktemp -d)
if [ -n "$PERMC_BINARY" ]; then # an address, or a file of this repository
  case $PERMC_BINARY in
    https://*) curl -fsSL --proto =https -o "$to/download" "$PERMC_BINARY" || exit 3 ;;
    *) cp -- "$PERMC_BINARY" "$to/download" || exit 3 ;;
  esac
  echo "$PERMC_SHA256  $to/download" | sha256sum --check --quiet || exit 3
  case $PERMC_BINARY in
    *.tar.gz) tar -xzf "$to/download" -C "$to" permc || exit 3 ;;
    *) mv "$to/download" "$to/permc" && chmod 755 "$to/permc" || exit 3 ;;
  esac
elif [ -n "$PERMC_IMAGE" ]; then
  id=$(docker create "$PERMC_IMAGE" check) && docker cp "$id:/permc" "$to/permc" || exit 3
else
  case $PERMC_MODULE in
    "") echo "permc: set PERMC_MODULE to a repository of permc, such as github.com/OWNER/permc"; exit 3 ;;
    /*) source=$PERMC_MODULE ;; # a folder
    *://*) # a git repository
      source=$to/source
      git init -q "$source" && git -C "$source" fetch -q --depth=1 "$PERMC_MODULE" "$PERMC_VERSION" || exit 3
      git -C "$source" checkout -q FETCH_HEAD || exit 3 ;;
    *) # a Go module, from GOPROXY
      source=$(cd "$to" && go mod download -json "$PERMC_MODULE@$PERMC_VERSION" |
        sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
      [ -n "$source" ] || exit 3 ;;
  esac
  GOWORK=off CGO_ENABLED=0 go build -C "$source" -trimpath -buildvcs=false \
    -ldflags "-X main.version=$PERMC_VERSION" -o "$to/permc" ./cmd/permc || exit 3
fi
