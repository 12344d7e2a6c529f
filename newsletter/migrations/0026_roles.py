import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from newsletter.roles import hand_on, make_roles


def may(app, verb, *models):
    return [f"{app}.{verb}_{model}" for model in models]


LOOK_AT_EDITIONS = [
    *may("newsletter", "view", "edition", "entry", "rendition", "newsletter", "channel", "tester"),
    *may("papers", "view", "paper", "listing", "summary", "pull"),
]
LOOK_AT_READERS = [
    *may("newsletter", "view", "subscription", "import", "suppression", "callback"),
    *may("newsletter", "view", "delivery", "deliveryevent", "auditentry"),
]
EDIT = [
    *LOOK_AT_EDITIONS,
    *may("newsletter", "change", "edition", "entry", "rendition"),
    *may("papers", "change", "paper", "summary"),
    *(f"newsletter.{verb}_tester" for verb in ("add", "change", "delete")),
]
ROLES = {
    "editor": EDIT,
    "publisher": [
        *EDIT,
        *may("newsletter", "view", "delivery", "deliveryevent", "auditentry"),
        "newsletter.approve_edition",
    ],
    "operator": [
        *LOOK_AT_EDITIONS,
        *LOOK_AT_READERS,
        *may("newsletter", "change", "channel", "newsletter", "subscription"),
        *may("newsletter", "add", "newsletter", "import", "suppression"),
        "newsletter.close_breaker",
        "newsletter.approve_import",
        "newsletter.export_subscription",
        "newsletter.lift_suppression",
        "newsletter.settle_delivery",
    ],
    "viewer": [*LOOK_AT_EDITIONS, *LOOK_AT_READERS, "auth.view_user", "auth.view_group"],
}

# What a permission of Django's own allowed until now.
HEIRS = {
    "newsletter.change_edition": "newsletter.approve_edition",
    "newsletter.change_delivery": "newsletter.settle_delivery",
    "newsletter.add_import": "newsletter.approve_import",
    "newsletter.change_suppression": "newsletter.lift_suppression",
    "newsletter.change_channel": "newsletter.close_breaker",
}
FLAGS = {1: "added", 2: "changed", 3: "deleted"}


def make(apps, schema_editor):
    hand_on(apps, HEIRS)
    make_roles(apps, ROLES)


def move_log(apps, schema_editor):
    """What Django's own log has noted so far."""
    entries = apps.get_model("admin", "LogEntry").objects.order_by("action_time", "pk")
    trail = apps.get_model("newsletter", "AuditEntry").objects
    trail.bulk_create(
        (
            trail.model(
                at=entry.action_time,
                editor_id=entry.user_id,
                editor_name=entry.user.username,
                act=FLAGS[entry.action_flag],
                content_type_id=entry.content_type_id,
                object_id=(entry.object_id or "")[:64],
                thing=entry.object_repr,
                message=entry.change_message,
            )
            for entry in entries.select_related("user")
        ),
        batch_size=500,
    )
    entries.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('admin', '0003_logentry_add_action_flag_choices'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('papers', '0002_revisions'),
        ('newsletter', '0025_preflight'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='channel',
            options={'ordering': ['position', 'name'], 'permissions': [('close_breaker', 'Can close the breaker of channels')], 'verbose_name': 'channel', 'verbose_name_plural': 'channels'},
        ),
        migrations.AlterModelOptions(
            name='delivery',
            options={'permissions': [('settle_delivery', 'Can decide on deliveries in doubt')], 'verbose_name': 'delivery', 'verbose_name_plural': 'deliveries'},
        ),
        migrations.AlterModelOptions(
            name='edition',
            options={'ordering': ['-date'], 'permissions': [('approve_edition', 'Can approve editions and let them go')], 'verbose_name': 'edition', 'verbose_name_plural': 'editions'},
        ),
        migrations.AlterModelOptions(
            name='import',
            options={'ordering': ['-pk'], 'permissions': [('approve_import', 'Can have imports taken in')], 'verbose_name': 'import', 'verbose_name_plural': 'imports'},
        ),
        migrations.AlterModelOptions(
            name='suppression',
            options={'permissions': [('lift_suppression', 'Can lift suppressions')], 'verbose_name': 'suppression', 'verbose_name_plural': 'suppressions'},
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='when')),
                ('editor_name', models.CharField(blank=True, max_length=150, verbose_name='who')),
                ('act', models.CharField(max_length=40, verbose_name='what')),
                ('object_id', models.CharField(blank=True, max_length=64)),
                ('thing', models.CharField(blank=True, max_length=200, verbose_name='to what')),
                ('message', models.TextField(blank=True, verbose_name='in detail')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('network', models.CharField(blank=True, help_text="a keyed hash of the network's address", max_length=32, verbose_name='network')),
                ('content_type', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype')),
                ('editor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'entry of the audit trail',
                'verbose_name_plural': 'audit trail',
                'ordering': ['-pk'],
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['editor', 'id'], name='audit_of_editor'), models.Index(fields=['editor_name', 'id'], name='audit_of_name'), models.Index(fields=['content_type', 'object_id', 'id'], name='audit_of_thing'), models.Index(fields=['act', 'id'], name='audit_of_act')],
            },
        ),
        migrations.RunPython(move_log, migrations.RunPython.noop),
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
