from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('papers', '0002_revisions'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='summary',
            index=models.Index(fields=['written_at', 'id'], name='summary_written'),
        ),
    ]
