import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsletter', '0005_verification'),
    ]

    operations = [
        migrations.AddField(
            model_name='installation',
            name='ledger_id',
            field=models.UUIDField(default=uuid.uuid4),
        ),
    ]
