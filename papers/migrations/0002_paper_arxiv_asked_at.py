from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="paper",
            name="arxiv_asked_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="when arXiv was last asked to fill in",
                null=True,
            ),
        ),
    ]
