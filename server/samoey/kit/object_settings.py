"""What an operator can change of the object store, by the names that people know."""

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings

from samoey.kit.sections import Section


class ObjectSettings(Section):
    """How what all machines share is kept: snapshots of indexes, in a directory or a bucket."""

    connect_s: float = Field(5, gt=0, description="Seconds to reach the object store.")
    transfer_s: float = Field(60, gt=0, description="Seconds that one request to it may take.")
    deadline_s: float = Field(
        30, ge=0, description="Seconds within which a request that failed is tried again."
    )
    grace_minutes: float = Field(
        15,
        ge=0,
        description="Minutes that an old snapshot is kept for those who just looked it up.",
    )
    cache_gib: float = Field(
        20,
        gt=0,
        description="Snapshots of a bucket that a machine keeps on its own disk, in gibibytes; "
        "those of the repositories that were not asked for longest go first.",
    )


class BucketVariables(BaseSettings):
    """The bucket, and what opens it."""

    s3_bucket: str | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_S3_BUCKET", "S3_BUCKET"),
        description="Bucket that all machines share: `name`, `s3://name/folder`, "
        "`gs://name/folder` or `az://account/container`; none is a directory in the home folder.",
    )
    s3_endpoint: str | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_S3_ENDPOINT", "S3_ENDPOINT"),
        description="Address of an own S3 server, such as MinIO or Ceph; none is Amazon's.",
    )
    s3_region: str | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_S3_REGION", "S3_REGION"),
        description="Region of the bucket; none takes what AWS_REGION says, or us-east-1.",
    )
    s3_access_key_id: str | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_S3_ACCESS_KEY_ID", "S3_ACCESS_KEY_ID"),
        description="Key that opens the bucket; none uses what the machine has (AWS_*, roles).",
    )
    s3_secret_access_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_S3_SECRET_ACCESS_KEY", "S3_SECRET_ACCESS_KEY"),
        description="The secret of that key.",
    )
    objects: ObjectSettings = ObjectSettings()
