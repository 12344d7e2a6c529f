from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsletter', '0004_channels'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='breaches',
            field=models.JSONField(default=list, editable=False, help_text='what the last verification found'),
        ),
        migrations.AddField(
            model_name='edition',
            name='pruned_at',
            field=models.DateTimeField(editable=False, help_text="from when on its ledger's rows are removed", null=True),
        ),
        migrations.AddField(
            model_name='edition',
            name='verified_at',
            field=models.DateTimeField(editable=False, help_text='null: not verified since its ledger last changed', null=True),
        ),
        migrations.AddField(
            model_name='slice',
            name='repeated_at',
            field=models.DateTimeField(help_text='when its request was last repeated under its key', null=True),
        ),
        migrations.AddField(
            model_name='slice',
            name='rate',
            field=models.FloatField(help_text='what the channel allowed then', null=True),
        ),
        migrations.AddField(
            model_name='slice',
            name='way_out',
            field=models.CharField(db_default='', help_text='tells where the channel led then', max_length=16),
        ),
    ]
