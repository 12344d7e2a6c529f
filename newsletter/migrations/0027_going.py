from django.db import migrations, models
import django.db.models.deletion
import django.db.models.functions.datetime


class Migration(migrations.Migration):

    dependencies = [
        ('newsletter', '0026_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='newsletter',
            name='own_links',
            field=models.BooleanField(db_default=False, default=False, help_text='so that one can still be mended in mails that have left; nobody is told apart by them, and nothing is counted', verbose_name='links lead through this site'),
        ),
        migrations.AddField(
            model_name='edition',
            name='corrects',
            field=models.ForeignKey(editable=False, help_text='an edition of the same date: it goes to those who have that one', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='newsletter.edition'),
        ),
        migrations.RemoveConstraint(
            model_name='edition',
            name='one_edition_a_day',
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', True)), fields=('newsletter', 'date'), name='one_edition_a_day'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'suppressed'), ('state', 'assumed_sent'), ('state', 'expired'), _connector='OR'), fields=['edition', 'state'], name='delivery_ended'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['confirmed_at'], name='subscription_confirmed'),
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=16, unique=True)),
                ('url', models.CharField(help_text='as it was approved', max_length=900)),
                ('target', models.CharField(max_length=900, verbose_name='leads to')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='newsletter.edition')),
            ],
            options={
                'verbose_name': 'link',
                'verbose_name_plural': 'links',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='LinkChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(auto_now_add=True)),
                ('changed_by', models.CharField(max_length=150)),
                ('before', models.CharField(max_length=900)),
                ('after', models.CharField(max_length=900)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='newsletter.link')),
            ],
            options={
                'verbose_name': 'change of a link',
                'verbose_name_plural': 'changes of links',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent', models.JSONField(default=list)),
                ('told', models.JSONField(default=list)),
                ('began_at', models.DateTimeField(help_text='when its first mails were claimed', null=True)),
                ('ended_at', models.DateTimeField(help_text='when its last slice was settled', null=True)),
                ('counted_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='when `told` is counted anew; null: never', null=True)),
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='report', to='newsletter.edition')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
            },
        ),
        migrations.CreateModel(
            name='Supplement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('whom', models.JSONField(default=list)),
                ('ordered_by', models.CharField(max_length=150)),
                ('since', models.DateTimeField(help_text='up to when readers had been asked for before')),
                ('cutoff_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('after_delivery_id', models.BigIntegerField()),
                ('max_id', models.BigIntegerField(help_text='the newest subscription of that moment')),
                ('watermark', models.BigIntegerField(default=0)),
                ('filled_at', models.DateTimeField(null=True)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplements', to='newsletter.edition')),
            ],
            options={
                'verbose_name': 'supplement',
                'verbose_name_plural': 'supplements',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('filled_at__isnull', True)), fields=('edition',), name='one_supplement_at_a_time')],
            },
        ),
    ]
