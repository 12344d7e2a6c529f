from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsletter', '0028_signs_and_counts'),
    ]

    operations = [
        migrations.AddField(
            model_name='readerday',
            name='mailable_counts',
            field=models.JSONField(default=dict, help_text='by rhythm and language: whom an edition would go to, then'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='position',
            field=models.PositiveIntegerField(default=0, verbose_name='position'),
        ),
        migrations.AddIndex(
            model_name='deliveryevent',
            index=models.Index(condition=models.Q(('kind__in', ['hard', 'soft', 'policy', 'complained', 'unsubscribed'])), fields=['id'], name='event_telling'),
        ),
        migrations.AddIndex(
            model_name='deliveryevent',
            index=models.Index(condition=models.Q(('kind', 'delivered'), _negated=True), fields=['kind', 'id'], name='event_of_kind'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['edition', 'position', 'id'], name='entry_in_order'),
        ),
    ]
