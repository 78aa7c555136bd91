# Makes a layer of one of our packages and what its lock names: $(call build_layer,wix_auth).
# `sam build` runs this at the top of the project and says where to put the layer: ARTIFACTS_DIR.
# It does not say for which processor, so ARCH does; the default is the template's.

ARCH ?= arm64
PYTHON := python3.13
LAYER := $(ARTIFACTS_DIR)/python
UV := $(firstword $(wildcard .tools/uv/bin/uv) $(shell command -v uv))

machine := $(or $(patsubst arm64,aarch64,$(filter arm64 x86_64,$(ARCH))),\
  $(error ARCH is "$(ARCH)"; Lambda knows arm64 and x86_64))

# The same wheels with the same hashes either way: pip comes with Python, uv is ten times as fast.
with_uv = "$(UV)" pip install --quiet --link-mode copy --python $(PYTHON) \
  --only-binary :all: --python-platform $(machine)-manylinux2014 --python-version 3.13
with_pip = $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-compile \
  --only-binary :all: --platform manylinux2014_$(machine) --python-version 3.13 --implementation cp
install = $(if $(UV),$(with_uv),$(with_pip))

# /opt is read-only: byte code that is not shipped is compiled again at every cold start.
define build_layer
	$(install) --require-hashes --requirement requirements/$(1).lock --target "$(LAYER)"
	rm -rf "$(LAYER)/bin" "$(LAYER)/.lock"
	$(PYTHON) -c "import shutil, sys; shutil.copytree(*sys.argv[1:], ignore=shutil.ignore_patterns('__pycache__'))" \
	  layers/$(1)/$(1) "$(LAYER)/$(1)"
	$(PYTHON) -m compileall -q -j 0 --invalidation-mode unchecked-hash -s "$(LAYER)" -p /opt/python "$(LAYER)"
endef
