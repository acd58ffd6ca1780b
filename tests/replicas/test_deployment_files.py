"""What cannot be run here (images, clusters) is read and held against the program."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from desk.settings import ROOT

DEPLOY = ROOT / "deploy"
SETTINGS = set(re.findall(r"ZHIWEN_[A-Z_]+", (ROOT / "desk" / "settings.py").read_text(encoding="utf-8")))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
MANIFESTS = [document for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")) for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))]
SERVICES: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))["services"]
FILES = [p for p in DEPLOY.rglob("*") if p.is_file() and p.suffix not in (".py", ".sh", ".pyc")]
WORKLOADS = [m for m in MANIFESTS if m["kind"] in ("Deployment", "Job")]


def of_kind(kind: str) -> dict[str, Any]:
    (found,) = [m for m in MANIFESTS if m["kind"] == kind]
    return dict(found)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_setting_named_in_a_file_exists(path: Path) -> None:
    named = set(re.findall(r"ZHIWEN_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert named <= SETTINGS


def test_the_image_has_two_stages_and_the_last_is_not_root_and_has_no_build_tools() -> None:
    _, build, last = DOCKERFILE.split("\nFROM ")
    assert "build-essential" in build
    assert last.startswith("python:3.10-slim\n")
    assert "apt-get" not in last
    assert "USER 10001:10001" in last
    assert "preinstalled" in build  # leaves torch and CUDA out


def test_the_image_copies_only_what_exists_and_what_the_builder_is_sent() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    sent = [line[1:] for line in ignored if line.startswith("!")]
    copied = [name for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M) for name in line.split()[:-1]]
    assert copied
    assert "*" in ignored
    for name in copied:
        assert (ROOT / name).exists(), name
        assert any(name == one or name.startswith(f"{one}/") for one in sent), name


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_unprivileged_with_a_read_only_root(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not service["user"].startswith("0")
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_no_image_names_a_registrys_host() -> None:
    images = [s["image"] for s in SERVICES.values()] + [c["image"] for w in WORKLOADS for c in w["spec"]["template"]["spec"]["containers"]]
    assert all("." not in image.split("/")[0] for image in images if "/" in image)
    assert all(":" in image for image in images)


def test_compose_runs_two_replicas_that_only_read_the_releases() -> None:
    assert SERVICES["zhiwen"]["deploy"]["replicas"] == 2
    assert SERVICES["zhiwen"]["volumes"] == ["data:/data:ro"]
    assert SERVICES["zhiwen"]["environment"]["ZHIWEN_TRUSTED_PROXIES"] == "1"


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w["kind"])
def test_every_pod_is_unprivileged_with_a_read_only_root(workload: dict[str, Any]) -> None:
    pod = workload["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    for container in pod["containers"]:
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["resources"]["limits"]["memory"]


def test_probes_ask_routes_that_exist() -> None:
    routes = set(re.findall(r'@blueprint\.get\("(/health/[a-z]+)"\)', (ROOT / "bot" / "routes" / "ops.py").read_text(encoding="utf-8")))
    (container,) = of_kind("Deployment")["spec"]["template"]["spec"]["containers"]
    asked = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert asked == {"startup": "/health/ready", "liveness": "/health/live", "readiness": "/health/ready"}
    assert set(asked.values()) <= routes


def test_labels_and_names_meet() -> None:
    labels = of_kind("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert of_kind("Service")["spec"]["selector"] == labels
    assert of_kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    assert of_kind("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"] == of_kind("Deployment")["metadata"]["name"]
    assert of_kind("HorizontalPodAutoscaler")["spec"]["minReplicas"] >= 2


def test_no_file_holds_a_secret() -> None:
    for manifest in MANIFESTS:
        assert manifest["kind"] != "Secret"
    assert not {"ZHIWEN_SECRET_KEY", "ZHIWEN_DATABASE_URL", "ZHIWEN_METRICS_TOKEN"} & set(of_kind("ConfigMap")["data"])


@pytest.mark.skipif(shutil.which("nginx") is None, reason="NOT RUN: nginx is missing: apt-get install nginx")
def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    for path in (DEPLOY / "nginx").glob("*.conf"):
        shutil.copy(path, tmp_path)
    (tmp_path / "replicas.conf").write_text("upstream zhiwen { server 127.0.0.1:5005; }\n", encoding="utf-8")
    (tmp_path / "tls").mkdir()
    key, certificate = tmp_path / "tls" / "privkey.pem", tmp_path / "tls" / "fullchain.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    done = subprocess.run(["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="NOT RUN: systemd-analyze is missing")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = (DEPLOY / "systemd" / "zhiwen.service").read_text(encoding="utf-8").replace("/opt/zhiwen/.venv/bin/python", "/bin/true")
    (tmp_path / "zhiwen.service").write_text(unit, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(tmp_path / "zhiwen.service")], capture_output=True, check=False, text=True)
    said = [line for line in done.stderr.splitlines() if "zhiwen.service" in line and "not-found" not in line]
    assert not said, said
