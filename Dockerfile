# One image for every part of NekoHub: `nekohub serve` unless another command is given.
# Its Python is the one that requirements/*.txt were pinned with.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /source
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /build && python -m venv --without-pip /opt/nekohub
COPY requirements/build.txt requirements/runtime.txt requirements/local.txt requirements/
RUN /build/bin/pip install --require-hashes --only-binary :all: -r requirements/build.txt
RUN /build/bin/pip --python /opt/nekohub/bin/python install --require-hashes --only-binary :all: -r requirements/runtime.txt
# EXTRAS=local brings the models of the built-in engine, 400 MB.
ARG EXTRAS=
RUN for extra in $EXTRAS; do \
        /build/bin/pip --python /opt/nekohub/bin/python install --require-hashes --only-binary :all: -r requirements/$extra.txt || exit 1; \
    done
COPY pyproject.toml README.md LICENSE ./
COPY protos/nekohub protos/nekohub
COPY gateway gateway
COPY services services
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .
RUN /build/bin/pip --python /opt/nekohub/bin/python install --no-deps --no-index --find-links /wheels nekohub-skills

FROM python:3.11.14-slim-bookworm
# Nothing is installed from here on, so nothing that installs is needed.
RUN python -m pip uninstall --yes --root-user-action ignore pip setuptools wheel
RUN groupadd --gid 10001 nekohub \
    && useradd --uid 10001 --gid nekohub --no-create-home --shell /usr/sbin/nologin nekohub \
    && install --directory --owner nekohub --group nekohub --mode 700 /data
COPY --from=build /opt/nekohub /opt/nekohub
ENV PATH=/opt/nekohub/bin:$PATH \
    NEKOHUB_HOST=0.0.0.0 \
    NEKOHUB_PUBLIC_BASE_URL=http://localhost:5121 \
    NEKOHUB_DATA_DIR=/data
# No VOLUME: only a hub in one container keeps anything in /data, and is to be given one there.
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
EXPOSE 5121
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=8s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ.get('NEKOHUB_PORT', '5121') + '/health/ready', timeout=4)"]
ENTRYPOINT ["nekohub"]
CMD ["serve"]
