from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('awards', '0003_runs_recoveries_and_variations'),
    ]

    operations = [
        migrations.RenameField(model_name='claimline', old_name='note', new_name='no_evidence_reason'),
        migrations.AlterField(
            model_name='claimline',
            name='no_evidence_reason',
            field=models.CharField(blank=True, help_text='Why no file proves it.', max_length=400),
        ),
        migrations.AddField(
            model_name='claimline',
            name='duplicate_reason',
            field=models.CharField(blank=True, help_text='Why it is not the same cost twice.', max_length=400),
        ),
        migrations.AddField(
            model_name='matchspent',
            name='no_evidence_reason',
            field=models.CharField(blank=True, help_text='Why no file proves it.', max_length=400),
        ),
    ]
