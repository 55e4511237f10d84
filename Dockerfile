# A static binary on an empty base, run by an ordinary user.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /out/reportascam ./cmd/reportascam && mkdir -p /out/data

FROM scratch
# The certificate authorities that a smart host's TLS is checked against.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/reportascam /reportascam
COPY --from=build --chown=65532:65532 /out/data /data
ENV REPORTASCAM_LISTEN=0.0.0.0:2525 REPORTASCAM_DATA=/data
VOLUME /data
EXPOSE 2525
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["/reportascam", "health"]
ENTRYPOINT ["/reportascam"]
CMD ["serve"]
