# A static permc in an image with nothing else in it, run by nobody in
# particular: docker run --rm -v "$PWD:/work:ro" permc check
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /permc ./cmd/permc

FROM scratch
COPY --from=build /permc /permc
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/permc"]
