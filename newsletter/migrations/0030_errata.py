

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsletter', '0029_pages_of_many_rows'),
        ('papers', '0005_texts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Erratum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('withdrawn', 'withdrawn'), ('revised', 'revised')], max_length=16, verbose_name='what happened')),
                ('version', models.PositiveSmallIntegerField(default=0, help_text="arXiv's; 0: withdrawn")),
                ('differences', models.JSONField(default=list)),
                ('found_at', models.DateTimeField(verbose_name='found')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='settled')),
                ('settled_by_name', models.CharField(blank=True, max_length=150)),
                ('how', models.CharField(blank=True, choices=[('correction', 'a correction was drafted'), ('nothing', 'nothing is to be done'), ('untouched', 'nothing that was printed has changed')], max_length=16, verbose_name='how')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('correction', models.ForeignKey(help_text='its draft', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='settles', to='newsletter.edition')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='errata', to='newsletter.edition', verbose_name='edition')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='errata', to='papers.paper', verbose_name='paper')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'erratum',
                'verbose_name_plural': 'errata',
                'ordering': ['-found_at', '-pk'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['-found_at', '-id'], name='erratum_newest'), models.Index(condition=models.Q(('settled_at', None)), fields=['id'], name='erratum_open')],
                'constraints': [models.UniqueConstraint(fields=('edition', 'paper', 'kind', 'version'), name='one_erratum_a_version'), models.CheckConstraint(condition=models.Q(models.Q(('how', ''), ('settled_at', None)), models.Q(('settled_at__isnull', False), models.Q(('how', ''), _negated=True)), _connector='OR'), name='settled_erratum_says_how')],
            },
        ),
    ]
